/** build.mjs bundles and minifies a stylesheet that code imports, and hands it over as text. */
declare module "*.css" {
  const text: string;
  export default text;
}
