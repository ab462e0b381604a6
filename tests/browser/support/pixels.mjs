// The pixels of a picture, as a screenshot gives it.

/** Decodes a PNG in a page. Answers its size and the colour at a place, as parts of the width and of the height. */
export async function pixelsOf(page, png) {
    const { width, height, base64 } = await page.evaluate(async base64 => {
        const bytes = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0));
        const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
        const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
        pen.drawImage(bitmap, 0, 0);
        const { data } = pen.getImageData(0, 0, bitmap.width, bitmap.height);
        let text = '';
        for (let at = 0; at < data.length; at += 0x8000) text += String.fromCharCode(...data.subarray(at, at + 0x8000));
        return { width: bitmap.width, height: bitmap.height, base64: btoa(text) };
    }, png.toString('base64'));
    const data = Buffer.from(base64, 'base64');
    return {
        width,
        height,
        at(x, y) {
            const from = (Math.floor(y * height) * width + Math.floor(x * width)) * 4;
            return [...data.subarray(from, from + 3)];
        },
    };
}
