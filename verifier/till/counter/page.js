// The counter's page of `cje till serve`: it shows what the till beside it decides, and decides nothing itself.
const $ = (id) => document.getElementById(id);
const PAIRING = "CJS1:";
let lang = new URLSearchParams(location.search).get("lang") ?? ""; // the till answers with one that it speaks

// The token comes in the fragment, which no request carries, and leaves the address bar at once.
const token = location.hash.slice(1) || sessionStorage.getItem("token") || "";
sessionStorage.setItem("token", token);
history.replaceState(null, "", location.pathname + location.search);

let words = {};
let shown = null; // { text, challenge } of what waits for the cashier, { pairing } of a pairing code
let row = null;
let challenge = null;
let busy = false;

async function ask(method, path, body) {
  const headers = { Authorization: `Bearer ${token}` };
  const answer = await fetch(path, { method, headers, body: body && JSON.stringify({ ...body, lang }) });
  const value = await answer.json();
  if (answer.status === 401) throw new Error(words.token ?? "401");
  if (!answer.ok && !value.said) throw new Error(words.unreachable);
  return value;
}

/** Run one exchange with the till at a time; whatever fails is red, and nothing was accepted. */
async function working(work) {
  if (busy) return;
  busy = true;
  try {
    await work();
  } catch (fault) {
    const sentence = fault instanceof TypeError ? words.unreachable : fault.message;
    paint({ severity: "refuse", word: words.fault, sentence, next: "" });
  } finally {
    busy = false;
  }
}

function paint({ severity, word, sentence, next, digits, offer, confirm, leave, undo }) {
  $("screen").dataset.severity = severity;
  $("word").textContent = word;
  $("sentence").textContent = sentence;
  $("next").textContent = next;
  $("digits").textContent = digits ?? "";
  $("digits").hidden = !digits;
  $("offer").hidden = !offer;
  if (offer) paintOffer(offer);
  $("confirm-form").hidden = !confirm;
  $("confirm").textContent = confirm ?? "";
  $("again").textContent = leave ?? words.again ?? "";
  $("amount-line").hidden = !offer?.amount_asked;
  $("amount").value = "";
  $("void-form").hidden = !undo;
  $("reason").value = "";
}

function paintOffer(offer) {
  $("title").textContent = offer.title;
  $("headline").textContent = offer.headline;
  $("headline").hidden = !offer.headline;
  for (const [id, lines] of [["terms", offer.terms], ["not-allowed", offer.not_allowed]]) {
    $(id).replaceChildren(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
    $(`${id}-title`).hidden = lines.length === 0;
  }
}

function show(reply, text) {
  if (reply.said) return paint({ severity: "refuse", word: words.fault, sentence: reply.said, next: "" });
  shown = null;
  row = reply.green ? reply.row : null;
  if (reply.green) {
    challenge = null;
    return paint({ severity: "accept", word: words.accepted, sentence: words.grant, next: "", offer: reply.offer, undo: true });
  }
  if (reply.can_confirm) {
    shown = { text, challenge };
    const valid = reply.severity === "accept";
    const more = reply.checks.slice(1).map((check) => `${check.sentence} ${check.next}`).join(" ");
    return paint({
      severity: valid ? "valid" : "check",
      word: valid ? words.valid : reply.word,
      sentence: reply.sentence,
      next: valid ? words.read : `${reply.next} ${more}`,
      offer: reply.offer,
      confirm: valid ? words.confirm : words.checked,
    });
  }
  if (reply.digits) challenge = reply.digits;
  return paint({ ...reply, offer: null });
}

/** A pairing is a secret that changes what this till can do: taken when somebody says so, and never shown. */
function askToPair(pairing) {
  shown = { pairing };
  paint({
    severity: "idle", word: words.pairing, sentence: words.pairing_ask, next: "",
    confirm: words.pairing_do, leave: words.pairing_not,
  });
}

async function pair(text) {
  shown = null;
  const reply = await ask("POST", "pair", { text });
  if (reply.said) return show(reply);
  await refresh();
  paint({ severity: "idle", word: words.title, sentence: reply.done, next: words.ready });
}

async function scan(text) {
  if (text.startsWith(PAIRING)) return askToPair(text);
  const body = challenge === null ? { text } : { text, challenge };
  const reply = await ask("POST", "check", body);
  const drawn = reply.verdict === "not_live" || reply.verdict === "wrong_challenge";
  show(drawn ? await ask("POST", "accept", body) : reply, text);
}

function idle() {
  shown = null;
  paint({ severity: "idle", word: words.title, sentence: words.ready, next: "" });
}

/** Cents of what a person typed; null when nothing, NaN when it is no amount. */
function cents(typed) {
  if (!typed.trim()) return null;
  const match = /^([0-9]{1,6})(?:[.,]([0-9]{1,2}))?$/.exec(typed.trim());
  return match ? Number(match[1]) * 100 + Number((match[2] ?? "0").padEnd(2, "0")) : NaN;
}

$("confirm-form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (shown?.pairing) return working(() => pair(shown.pairing));
  const amount = cents($("amount").value);
  if (shown === null || Number.isNaN(amount)) return $("amount").focus();
  const { text, challenge: digits } = shown;
  return working(async () => {
    const body = { text, confirmed: true, amount, challenge: digits };
    show(await ask("POST", "accept", body), text);
    await refresh();
  });
});
$("again").addEventListener("click", idle);
$("void-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const reason = $("reason").value;
  working(async () => {
    const reply = await ask("POST", "void", { row, reason });
    if (reply.said) return show(reply);
    paint({ severity: "idle", word: words.title, sentence: words.voided, next: "" });
    return refresh();
  });
});
$("typed-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("typed").value;
  $("typed").value = "";
  if (text) working(() => scan(text));
});

// A reader types. Set for an American keyboard on a French computer it presses the right keys and the computer
// reads other letters: the keys themselves are kept too, and whichever looks like a voucher is taken.
const US = {
  Space: " ", Minus: "-_", Equal: "=+", Semicolon: ";:", Comma: ",<", Period: ".>", Slash: "/?",
  ...Object.fromEntries([..."0123456789"].map((digit, n) => [`Digit${digit}`, digit + ")!@#$%^&*("[n]])),
};
function pressed({ code, shiftKey }) {
  if (/^Key[A-Z]$/.test(code)) return code[3];
  if (/^Numpad[0-9]$/.test(code)) return code[6];
  const pair = US[code] ?? "";
  return shiftKey ? (pair[1] ?? pair) : (pair[0] ?? "");
}
const PREFIX = /^CJ[EPS]1:/;
const LONGEST = 1300; // a pairing; a voucher has half of it
let typed = "", keys = "", last = 0;
document.addEventListener("keydown", (event) => {
  if (event.target instanceof HTMLInputElement) return;
  if (event.timeStamp - last > 1000) typed = keys = "";
  last = event.timeStamp;
  const group = event.ctrlKey && (event.key === "]" || event.code === "BracketRight"); // GS
  if (event.key === "Enter" || group) {
    if (!typed) return;
    event.preventDefault();
    const text = !PREFIX.test(typed) && PREFIX.test(keys) ? keys : typed;
    typed = keys = "";
    working(() => scan(text));
    return;
  }
  if (event.key.length !== 1 || event.altKey || event.metaKey) return;
  if (event.ctrlKey && !event.getModifierState("AltGraph")) return;
  // A scan goes to the till, not to the button that has the focus.
  if (event.key === " " && typed) event.preventDefault();
  typed = (typed + event.key).slice(0, LONGEST);
  keys = (keys + pressed(event)).slice(0, LONGEST);
});

async function refresh() {
  const page = await ask("GET", `page?lang=${encodeURIComponent(lang)}`);
  ({ lang, words } = page);
  $("state").replaceChildren(
    ...page.state.map((line) => Object.assign(document.createElement("li"), { textContent: line })),
  );
}

await working(async () => {
  await refresh();
  document.documentElement.lang = lang;
  document.title = words.title;
  for (const [id, key] of Object.entries({
    "terms-title": "terms", "not-allowed-title": "not_allowed", "amount-label": "amount",
    "reason-label": "reason", void: "void", "typed-label": "typed", "typed-button": "check",
  })) $(id).textContent = words[key];
  idle();
});
