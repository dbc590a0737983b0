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

/** The file in a form that this device's share sheet takes, or null when it takes none. */
export function shareable(data: Uint8Array, name: string): File | null {
  // Chromium shares only types that it knows: there the same bytes travel under the name of a text.
  for (const [suffix, type] of [["", "application/cbor"] as const, [".txt", "text/plain"] as const]) {
    const file = new File([data as BlobPart], name + suffix, { type });
    if (navigator.canShare?.({ files: [file] })) return file;
  }
  return null;
}
