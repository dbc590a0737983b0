/**
 * Refuse data spread into arguments: `push(...rows)` throws a RangeError from about 100,000 elements on.
 *
 * An array written out on the spot, and a name bound as a rest parameter, have a length that the code gives them.
 */
const rule = {
  meta: { type: "problem", schema: [], messages: { spread: "Data of any length is spread into arguments." } },
  create(context) {
    const check = (node) => {
      for (const argument of node.arguments) {
        if (argument.type === "SpreadElement" && argument.argument.type !== "ArrayExpression")
          context.report({ node: argument, messageId: "spread" });
      }
    };
    return { CallExpression: check, NewExpression: check };
  },
};

export default { meta: { name: "cje" }, rules: { "no-data-spread": rule } };
