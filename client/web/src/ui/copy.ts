/** Puts what is selected, or could be, on the clipboard. False where the browser does not let us. */
export async function copyFrom(field: HTMLInputElement | HTMLTextAreaElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    // Not there without https, as in the house: the old way works there still.
    field.select();
    return document.execCommand('copy');
  }
}
