import { readFileSync } from "node:fs";

const offers = JSON.parse(readFileSync(new URL("./offers.json", import.meta.url), "utf8"));
const bySlug = new Map(offers.map((offer) => [offer.slug, offer]));

export default function (config) {
  config.addGlobalData("offers", offers);
  config.addGlobalData("partners", JSON.parse(readFileSync(new URL("./partners.json", import.meta.url), "utf8")));
  config.addGlobalData("lists", JSON.parse(readFileSync(new URL("./lists.json", import.meta.url), "utf8")));
  config.addFilter("ticketOf", (slug) => bySlug.get(slug));
  config.setQuietMode(true);
  return { dir: { input: "pages", includes: "../includes", output: "public" }, htmlTemplateEngine: "njk" };
}
