/**
 * Append rules to the page's own stylesheet: the policy allows no inline style and no stylesheet made of a text,
 * and a second file could fail on its own.
 */
export function append(css: string): void {
  const [sheet] = document.styleSheets;
  if (!sheet) return;
  let from = 0;
  let depth = 0;
  for (const { 0: brace, index } of css.matchAll(/[{}]/g)) {
    depth += brace === "{" ? 1 : -1;
    if (depth > 0) continue;
    try {
      sheet.insertRule(css.slice(from, index + 1), sheet.cssRules.length);
    } catch {
      // A rule that this browser does not know is passed over, as in any stylesheet.
    }
    from = index + 1;
  }
}
