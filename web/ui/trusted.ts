/** The one door for script addresses: the policy of every page says `trusted-types cje`. */

interface Policy {
  createScriptURL(url: string): unknown;
}
interface Factory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy;
}

function sameOrigin(url: string): string {
  const absolute = new URL(url, document.baseURI);
  if (absolute.origin !== location.origin) throw new TypeError(`script from elsewhere: ${absolute.origin}`);
  return absolute.href;
}

const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;
const policy = factory?.createPolicy("cje", { createScriptURL: sameOrigin });

/** An address that workers accept under `require-trusted-types-for 'script'`. Throws TypeError for another origin. */
export function scriptUrl(url: string): string {
  return (policy ? policy.createScriptURL(url) : sameOrigin(url)) as string;
}
