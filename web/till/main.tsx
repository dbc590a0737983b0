import { render } from "preact";
import { readPage } from "./page.ts";
import { App, FaultScreen } from "./ui/App.tsx";
import { Words } from "./words.ts";

const page = readPage(document);
const said = document.getElementById("messages")?.textContent ?? "{}";
const words = new Words(JSON.parse(said), page.locale, document.body.dataset["words"]);

function fail(): void {
  // A fresh place: what broke may have left the old one half drawn.
  const place = document.createElement("main");
  document.querySelector("main")?.replaceWith(place);
  render(<FaultScreen fault="crashed" words={words} />, place);
}

// Never a screen that looks alive and is not; never a green one left behind.
addEventListener("error", fail);
addEventListener("unhandledrejection", fail);
const main = document.getElementById("app")!;
main.replaceChildren();
render(<App page={page} words={words} />, main);
