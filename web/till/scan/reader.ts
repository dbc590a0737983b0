import { _QRScanner as Scanner } from "qr/decode.js";
import { ascii, type Engine, type Rgba } from "./engine.ts";
import { type Grey, fromRgba, resize, stretch } from "./luma.ts";

// What one frame may cost on the shop's own phone before the next, fresher one is more useful.
const FRAME_BUDGET_MS = 120;

interface Attempt {
  /** Length of the shorter side that the decoder sees. */
  readonly side: number;
  readonly stretched: boolean;
}
// Chosen greedily on 80 pictures of version 10 at 220 to 600 pixels: each finds what those before did not.
// The small one costs 8 ms and reads what fills the frame; growing the picture reads codes held far away.
const QUICK: Attempt = { side: 480, stretched: true };
const OTHERS: readonly Attempt[] = [
  { side: 960, stretched: true },
  { side: 1080, stretched: false },
  { side: 600, stretched: false },
  { side: 720, stretched: true },
];

/** Reads QR codes from pictures. One per thread: it keeps its working memory. */
export class Reader {
  private scanner: Scanner | null = null;
  private engines: readonly Engine[] = [];
  private turn = 0;

  /** @param clock milliseconds, any origin: what the budget of a picture is measured with. */
  constructor(private readonly clock: () => number = () => performance.now()) {}

  /** Have another engine help from the next picture on. */
  join(engine: Engine): void {
    this.engines = [...this.engines, engine];
  }

  /**
   * The text of one QR code in a picture, or null. Bounded: goes on only within the budget.
   *
   * First the engine that joined first, the best there is: no more without patience. Then our own cheapest look, the
   * other engines, and further scales. Each frame begins the latter two elsewhere, so that a slow phone reaches them all in a few frames.
   *
   * @param patience multiplies the budget; a photo that a person chose may take longer than a camera frame.
   */
  async read(picture: Rgba, patience = 1): Promise<string | null> {
    const end = this.clock() + FRAME_BUDGET_MS * patience;
    const raw = fromRgba(picture.data, picture.width, picture.height);
    let spread: Grey | null = null;
    const look = ({ side, stretched }: Attempt): string | null =>
      this.decode(scaled(stretched ? (spread ??= stretch(raw)) : raw, side));
    const ask = (engine: Engine) => () => this.ask(engine, picture, raw);
    const [best, ...engines] = this.engines;
    const turn = patience ? this.turn++ : this.turn; // a glance takes nobody's turn
    const steps = [
      ...(best ? [ask(best)] : []),
      () => look(QUICK),
      ...rotated(engines, turn).map(ask),
      ...rotated(OTHERS, turn).map((attempt) => () => look(attempt)),
    ];
    for (const step of steps) {
      const text = await step();
      if (text !== null || !patience || this.clock() > end) return text;
    }
    return null;
  }

  private async ask(engine: Engine, picture: Rgba, grey: Grey): Promise<string | null> {
    try {
      const bytes = await engine.read(picture, grey);
      return bytes?.length ? ascii(bytes) : null;
    } catch {
      // Out of memory, or its system service is gone: the others go on without it.
      this.engines = this.engines.filter((one) => one !== engine);
      return null;
    }
  }

  private decode({ data, width, height }: Grey): string | null {
    const scanner = this.arena(width, height);
    scanner.addImage({ data, width, height }, "I420");
    try {
      const [result] = scanner.decode();
      return typeof result === "string" ? result : null;
    } catch {
      // A crafted code may make the library throw; to a till that is a picture without a code.
      return null;
    } finally {
      scanner.clean();
    }
  }

  private arena(width: number, height: number): Scanner {
    const size = this.scanner?.opts.maxSize;
    if (!this.scanner || !size || width > size.width || height > size.height) {
      this.scanner = new Scanner({
        maxSize: { width: Math.max(width, size?.width ?? 0), height: Math.max(height, size?.height ?? 0) },
        textDecoder: ascii,
        effort: 4,
        timeLimit: 24,
      });
    }
    return this.scanner;
  }
}

function rotated<T>(list: readonly T[], by: number): T[] {
  const from = list.length ? by % list.length : 0;
  return [...list.slice(from), ...list.slice(0, from)];
}

function scaled(picture: Grey, side: number): Grey {
  const factor = side / Math.min(picture.width, picture.height);
  return Math.abs(factor - 1) < 0.1 ? picture : resize(picture, factor);
}
