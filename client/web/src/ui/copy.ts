/** Puts a text on the clipboard. False where the browser does not let us: without https, as in the house, say. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Puts what a field holds on the clipboard, also without https. False where the browser does not let us. */
export async function copyFrom(field: HTMLInputElement | HTMLTextAreaElement): Promise<boolean> {
  if (await copyText(field.value)) return true;
  // The old way works there still, with a field that is to be seen.
  field.select();
  return document.execCommand('copy');
}
