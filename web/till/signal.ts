/** Sound and vibration of a verdict: three patterns that differ in rhythm, not only in pitch, for a noisy shop. */

/** `seen`: a valid code was read and waits for its "Valider". */
export type Tone = "seen" | "accept" | "check" | "refuse";

// [frequency in hertz, start and length in seconds]
const NOTES: Record<Tone, readonly (readonly [number, number, number])[]> = {
  seen: [[1046.5, 0, 0.07]],
  accept: [
    [880, 0, 0.09],
    [1318.5, 0.1, 0.22],
  ],
  check: [
    [660, 0, 0.12],
    [660, 0.18, 0.12],
  ],
  refuse: [
    [196, 0, 0.18],
    [147, 0.2, 0.4],
  ],
};
const BUZZ: Record<Tone, readonly number[]> = {
  seen: [30],
  accept: [60, 40, 60],
  check: [80, 80, 80],
  refuse: [350, 90, 350],
};
const VOLUME = 0.25;

let audio: AudioContext | null = null;

/** Browsers let a page make sound only after a touch or key: call this from one. */
export function allowSound(): void {
  audio ??= typeof AudioContext === "undefined" ? null : new AudioContext();
  if (audio?.state === "suspended") void audio.resume().catch(() => undefined);
}

/** Play and vibrate; never throws, a till without loudspeaker is a till. */
export function signal(tone: Tone, sound: boolean): void {
  // Before the first touch Chromium refuses, and complains on the console.
  if (navigator.userActivation?.hasBeenActive !== false) navigator.vibrate?.([...BUZZ[tone]]);
  if (!sound || audio?.state !== "running") return;
  for (const [frequency, start, length] of NOTES[tone])
    note(audio, frequency, audio.currentTime + start, length);
}

function note(context: AudioContext, frequency: number, start: number, length: number): void {
  const voice = context.createOscillator();
  const gain = context.createGain();
  voice.type = "triangle";
  voice.frequency.value = frequency;
  // Short ramps: a square edge clicks in a small loudspeaker.
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(VOLUME, start + 0.012);
  gain.gain.setValueAtTime(VOLUME, start + length - 0.03);
  gain.gain.linearRampToValueAtTime(0, start + length);
  voice.connect(gain).connect(context.destination);
  voice.start(start);
  voice.stop(start + length);
}
