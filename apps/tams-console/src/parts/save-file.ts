/** Hands a file to the person. */
export function saveFile(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = Object.assign(document.createElement('a'), { href: address, download: name });
  link.click();
  // The download has begun with the click; the address is needed no longer than that.
  setTimeout(() => {
    URL.revokeObjectURL(address);
  }, 60_000);
}
