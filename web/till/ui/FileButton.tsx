import { useRef } from "preact/hooks";

// A trust list is at most 1 MiB; a film chosen by mistake is not even read.
const MAX_BYTES = 2 * 1024 * 1024;

/** A button that asks for one small file. */
export function FileButton({ label, onFile }: { label: string; onFile: (file: Blob) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class="button button-quiet button-wide" onClick={() => input.current?.click()}>
        {label}
      </button>
      <input
        ref={input}
        type="file"
        class="visually-hidden"
        tabIndex={-1}
        aria-label={label}
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          currentTarget.value = "";
          if (file) onFile(file.slice(0, MAX_BYTES));
        }}
      />
    </>
  );
}
