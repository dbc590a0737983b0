// Long enough for the browser to have taken the bytes.
const FORGET_MS = 60_000;

/** Hand a file to the person: the browser's downloads. */
export function save(data: Uint8Array, name: string): void {
  const url = URL.createObjectURL(new Blob([data as BlobPart], { type: "application/cbor" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), FORGET_MS);
}
