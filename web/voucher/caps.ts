/** Every limit of the wire format; the reasons stand in `voucher/caps.py`, and a test compares the two. */

export const MAX_TEXT = 1024;
export const MAX_VOUCHER_TEXT = 512;
export const MAX_PRESENTATION_TEXT = 640;
export const MAX_VOUCHER = 340;
export const MAX_PRESENTATION = 420;

export const MIN_TIME = 2 ** 30 + 1;
export const MAX_TIME = 2 ** 32 - 1;
export const MAX_VALIDITY = 400 * 86_400;
export const MAX_OFFER = 2 ** 32 - 1;
export const MAX_USES = 255;
export const MAX_SEQ = 2 ** 32 - 1;
export const MAX_CHALLENGE = 9_999;

export const MAX_ROOT = 16 * 1024;
export const MAX_TRUST = 1024 * 1024;
export const MAX_COSIGNERS = 5;
export const MAX_REFUSE_AFTER = 90 * 86_400;
export const MIN_PREFIX = 6;

export const LIVE_PAST = 120;
export const LIVE_FUTURE = 60;
export const CHALLENGE_LIFE = 180;

export const CLOCK_SLACK = 300;

export const MAX_BUNDLE = 512 * 1024;
export const BUNDLE_STEP = 1024;
export const MAX_SHORT_CODES = 8;

export const FRAME_CHUNK = 600;
export const MAX_FRAMES = 64;

export const MAX_PAIRING = 800;
export const MAX_PAIRING_TEXT = 1205;

export const MAX_DEPTH = 8;
