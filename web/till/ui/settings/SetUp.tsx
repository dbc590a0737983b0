import "../../css/addSheets.ts";
import { useEffect, useState } from "preact/hooks";
import type { Outcome } from "../../../verifier/trustStore.ts";
import type { Pairing } from "../../../voucher/pairing.ts";
import { decodeTrust } from "../../../voucher/trust.ts";
import { listBytes } from "../../listFile.ts";
import type { PageBuild } from "../../page.ts";
import { setUpShop } from "../../settingUp.ts";
import { deviceClock, type Shop } from "../../shop.ts";
import { beginTrust } from "../../store/trust.ts";
import { fetchIndex, refresh, type TrustIndex, Unreachable } from "../../trustFiles.ts";
import { useAround } from "../context.ts";
import { FileButton } from "../FileButton.tsx";
import { Icon } from "../Icon.tsx";
import { lazy } from "../lazy.tsx";
import { useFocus } from "../parts.tsx";

/** `file`: its trust list, when it came as a file and not from the site; `pairing`, when the issuer gave one. */
type Partner = TrustIndex["partners"][number] & {
  readonly file?: Uint8Array;
  readonly pairing?: Pairing;
};

const PairSheet = lazy(
  async () => (await import("../sheets.ts")).PairSheet,
  ({ onBack }) => <LatePairing onBack={onBack} />,
);

// Below this many, a field to search in is one more thing to read.
const SEARCH_FROM = 9;

interface SetUpProps {
  db: IDBDatabase;
  build: PageBuild;
  onDone: (shop: Shop) => void;
}

/** Rejects with VoucherError when nothing could ever be trusted here. */
export async function checkRoot(build: PageBuild): Promise<void> {
  await beginTrust(build, "");
}

/** First use: which shop, which name. Everything else is fetched, checked and kept. */
export function SetUp({ db, build, onDone }: SetUpProps) {
  const { words, page } = useAround();
  const heading = useFocus<HTMLHeadingElement>();
  const [partners, setPartners] = useState<readonly Partner[] | null | "unreachable">(null);
  const [chosen, setChosen] = useState<Partner | null>(null);
  const load = (): void => {
    setPartners(null);
    fetchIndex(page.base).then(
      ({ partners: found }) => setPartners(found),
      () => setPartners("unreachable"),
    );
  };
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- asked once; « Réessayer » asks again
  useEffect(load, []);
  const [fault, setFault] = useState("");
  const [pairing, setPairing] = useState(false);
  const paired = (found: Pairing): void => {
    setPairing(false);
    setChosen({ slug: found.partner, name: found.partnerName, pairing: found });
  };
  const open = async (file: Blob): Promise<void> => {
    try {
      const data = await listBytes(file);
      const { root } = await beginTrust(build, "");
      const list = await decodeTrust(data, root);
      setChosen({ slug: list.partner, name: list.partnerName, file: data });
    } catch {
      await words.rest().catch(() => undefined);
      setFault(words.say("outcome.untrusted"));
    }
  };
  return (
    <section class="setup" data-screen="setup">
      <header class="setup-head fill-brand">
        <Icon name="rescan" />
        <h1 ref={heading} tabIndex={-1}>
          {words.say("setup.title")}
        </h1>
        <p>{words.say("setup.lead")}</p>
        {build.demo && <span class="chip chip-accent">{words.say("demo")}</span>}
      </header>
      <div class="sheet-body stack">
        {chosen ? (
          <NameTill {...{ db, build, onDone }} partner={chosen} onChange={() => setChosen(null)} />
        ) : pairing ? (
          <PairSheet build={build} onPaired={paired} onBack={() => setPairing(false)} />
        ) : partners === null ? (
          <p role="status">{words.say("setup.waiting")}</p>
        ) : partners === "unreachable" ? (
          <>
            <p class="note note-warn" role="alert">
              {words.say("setup.unreachable")}
            </p>
            <button type="button" class="button button-wide" onClick={load}>
              {words.say("setup.retry")}
            </button>
            <FileButton label={words.say("setup.file")} onFile={(file) => void open(file)} />
            {fault && (
              <p class="note note-stop" role="alert">
                {fault}
              </p>
            )}
          </>
        ) : (
          <ChoosePartner partners={partners} onChoose={setChosen} />
        )}
        {!chosen && !pairing && (
          <div class="pair-way">
            <button
              type="button"
              class="button button-line button-wide"
              onClick={() => void words.rest().then(() => setPairing(true), load)}
            >
              <Icon name="rescan" />
              {words.say("pair.way")}
            </button>
            <p class="hint">{words.say("pair.why")}</p>
          </div>
        )}
      </div>
    </section>
  );
}

/** The pairing's code is still on its way: whoever cannot wait chooses from the list. */
function LatePairing({ onBack }: { onBack: () => void }) {
  const { words } = useAround();
  return (
    <>
      <p role="status">{words.say("scan.loading")}</p>
      <button type="button" class="button button-line button-wide" onClick={onBack}>
        {words.say("pair.back")}
      </button>
    </>
  );
}

function ChoosePartner({
  partners,
  onChoose,
}: {
  partners: readonly Partner[];
  onChoose: (partner: Partner) => void;
}) {
  const { words } = useAround();
  const [wanted, setWanted] = useState("");
  const found = partners.filter(({ name }) => fold(name).includes(fold(wanted)));
  return (
    <>
      <h2 id="partners">{words.say("setup.partner")}</h2>
      {partners.length >= SEARCH_FROM && (
        <input
          class="input"
          type="search"
          value={wanted}
          placeholder={words.say("setup.search")}
          aria-label={words.say("setup.search")}
          onInput={({ currentTarget }) => setWanted(currentTarget.value)}
        />
      )}
      {found.length === 0 && <p role="status">{words.say("setup.none")}</p>}
      <ul class="partners" aria-labelledby="partners">
        {found.map((partner) => (
          <li key={partner.slug}>
            <button type="button" class="partner" onClick={() => onChoose(partner)}>
              <span class="initial" aria-hidden="true">
                {partner.name.charAt(0)}
              </span>
              {partner.name}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function NameTill({
  db,
  build,
  partner,
  onDone,
  onChange,
}: SetUpProps & { partner: Partner; onChange: () => void }) {
  const { words, page } = useAround();
  const [name, setName] = useState(words.say("setup.till_default"));
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState("");
  const install = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setFault("");
    try {
      const fresh = await beginTrust(build, partner.slug);
      const [trust, outcome] = partner.file
        ? await fresh.take(partner.file, deviceClock())
        : await refresh(fresh, page.base, deviceClock());
      if (!trust.installed) throw new NotInstalled(outcome);
      // Asked after a gesture, and never waited for: Firefox asks the person and may not answer.
      void navigator.storage?.persist?.().catch(() => undefined);
      onDone(await setUpShop(db, trust, name || words.say("setup.till_default"), partner.pairing));
    } catch (failure) {
      await words.rest().catch(() => undefined);
      setFault(words.say(reasonKey(failure)));
      setBusy(false);
    }
  };
  return (
    <form class="stack" onSubmit={(event) => void install(event)}>
      <p class="chosen card">
        <span class="initial" aria-hidden="true">
          {partner.name.charAt(0)}
        </span>
        <strong>{partner.name}</strong>
        <button type="button" class="button button-quiet" onClick={onChange}>
          {words.say("setup.change")}
        </button>
      </p>
      <div class="field">
        <label for="till-name">{words.say("setup.till")}</label>
        <input
          id="till-name"
          class="input"
          value={name}
          maxLength={40}
          autocomplete="off"
          aria-describedby="till-hint"
          onInput={({ currentTarget }) => setName(currentTarget.value)}
        />
        <p class="hint" id="till-hint">
          {words.say("setup.till_hint")}
        </p>
      </div>
      {fault && (
        <p class="note note-stop" role="alert">
          <span>{words.say("setup.failed", { reason: fault })}</span>
        </p>
      )}
      <button type="submit" class="button button-wide button-next" aria-disabled={busy}>
        {words.say(busy ? "setup.installing" : "setup.install")}
      </button>
    </form>
  );
}

class NotInstalled extends Error {
  constructor(readonly outcome: Outcome) {
    super(outcome);
  }
}

function reasonKey(failure: unknown): string {
  if (failure instanceof NotInstalled) return `outcome.${failure.outcome}`;
  return failure instanceof Unreachable ? "setup.unreachable" : "fault.storage";
}

/** Without accents and case: a cashier types "cafe" for "Café". */
function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
