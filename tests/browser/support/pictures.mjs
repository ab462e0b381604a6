// Pictures to upload, drawn by the browser itself: real JPEGs, with the notes that a camera would write.

/** Draws a JPEG: four quarters (red, green, blue, white) or a colour, `width` x `height`. */
export async function drawn(page, width, height, colour = null) {
    const base64 = await page.evaluate(async ([width, height, colour]) => {
        const canvas = new OffscreenCanvas(width, height);
        const pen = canvas.getContext('2d');
        const quarters = colour ? [colour, colour, colour, colour] : ['#e02020', '#20c020', '#2030e0', '#ffffff'];
        quarters.forEach((fill, at) => {
            pen.fillStyle = fill;
            pen.fillRect((at % 2) * width / 2, at < 2 ? 0 : height / 2, width / 2, height / 2);
        });
        const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.92 });
        let text = '';
        for (const byte of new Uint8Array(await blob.arrayBuffer())) text += String.fromCharCode(byte);
        return btoa(text);
    }, [width, height, colour]);
    return Buffer.from(base64, 'base64');
}

/** The JPEG with EXIF: taken at `2024-05-01T12:00:00`, and one of the eight orientations. `comment` makes it another file. */
export function noted(jpeg, { taken = null, orientation = 1, comment = '' } = {}) {
    const parts = [jpeg.subarray(0, 2), segment(0xe1, exif(taken, orientation))];
    if (comment) parts.push(segment(0xfe, Buffer.from(comment)));
    return Buffer.concat([...parts, jpeg.subarray(2)]);
}

function segment(marker, bytes) {
    const head = Buffer.from([0xff, marker, 0, 0]);
    head.writeUInt16BE(bytes.length + 2, 2);
    return Buffer.concat([head, bytes]);
}

/** TIFF 6.0, big-endian: IFD0 with Orientation (0x0112) and a pointer (0x8769) to an IFD with DateTimeOriginal (0x9003). */
function exif(taken, orientation) {
    const entries = taken ? 2 : 1;
    const ifd = 8 + 2 + entries * 12 + 4;
    const bytes = Buffer.alloc(taken ? ifd + 2 + 12 + 4 + 20 : ifd);
    bytes.write('MM\0*\0\0\0\x08', 0, 'latin1');
    bytes.writeUInt16BE(entries, 8);
    const entry = (at, tag, type, count, value) => {
        bytes.writeUInt16BE(tag, at);
        bytes.writeUInt16BE(type, at + 2);
        bytes.writeUInt32BE(count, at + 4);
        if (type === 3) bytes.writeUInt16BE(value, at + 8);
        else bytes.writeUInt32BE(value, at + 8);
    };
    entry(10, 0x0112, 3, 1, orientation);
    if (taken) {
        entry(22, 0x8769, 4, 1, ifd);
        bytes.writeUInt16BE(1, ifd);
        entry(ifd + 2, 0x9003, 2, 20, ifd + 18);
        bytes.write(`${taken.slice(0, 10).replaceAll('-', ':')} ${taken.slice(11, 19)}\0`, ifd + 18, 'latin1');
    }
    return Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), bytes]);
}
