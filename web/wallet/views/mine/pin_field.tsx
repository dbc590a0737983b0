/** Where a PIN is typed: digits only, hidden, on the numeric keyboard. */

import type { JSX } from "preact";

export function PinField(props: {
  name: string;
  label: string;
  value: string;
  hint?: string;
  onValue(pin: string): void;
}): JSX.Element {
  const { name, hint } = props;
  return (
    <div class="field">
      <label for={name}>{props.label}</label>
      <input
        id={name}
        class="input input-code num"
        type="password"
        inputMode="numeric"
        autocomplete="off"
        maxLength={12}
        value={props.value}
        aria-describedby={hint ? `${name}-hint` : undefined}
        onInput={(event) => props.onValue(event.currentTarget.value.replace(/[^0-9]/g, ""))}
      />
      {hint && (
        <p id={`${name}-hint`} class="hint">
          {hint}
        </p>
      )}
    </div>
  );
}
