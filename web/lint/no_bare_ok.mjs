/**
 * Refuse `assert.ok(x)` without a message: when it fails, Node parses the whole test file again to quote the call,
 * which hangs on a file that runs through a transpiler.
 */
const rule = {
  meta: {
    type: "problem",
    schema: [],
    messages: { bare: "Give assert.ok a message, or compare with assert.equal." },
  },
  create(context) {
    return {
      CallExpression({ callee, arguments: given }) {
        const named = callee.type === "Identifier" && callee.name === "assert";
        const method =
          callee.type === "MemberExpression" &&
          callee.object.type === "Identifier" &&
          callee.object.name === "assert" &&
          callee.property.name === "ok";
        if ((named || method) && given.length < 2) context.report({ node: callee, messageId: "bare" });
      },
    };
  },
};

export default { meta: { name: "tests" }, rules: { "no-bare-ok": rule } };
