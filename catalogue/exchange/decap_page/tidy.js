// Before Decap writes a file, take out what its forms leave behind and the check would refuse: emptied fields,
// empty groups, fields of another kind than the chosen one. What each kind has comes from the model.
(() => {
  "use strict";
  const KINDS = "{kinds}";

  const isEmpty = (value) => value === "" || value === null || value === undefined || value.size === 0;

  // Decap holds a file in maps and lists of its own (Immutable.js): only what both have in common is used.
  function tidied(value, path) {
    if (typeof value === "string") return value.trim();
    if (value === null || typeof value !== "object" || typeof value.filter !== "function") return value;
    const kept = KINDS[path] && KINDS[path][value.get("kind")];
    const inside = (name) => (typeof name !== "string" ? path : path === "" ? name : path + "." + name);
    return value
      .map((item, name) => tidied(item, inside(name)))
      .filter((item, name) => !isEmpty(item) && (!kept || kept.includes(name)));
  }

  globalThis.tidied = tidied;
  if (globalThis.CMS) {
    globalThis.CMS.registerEventListener({
      name: "preSave",
      handler: ({ entry }) => tidied(entry.get("data"), ""),
    });
  }
})();
