/** A raster file format. */
export interface Raster {
  format: string;
  contentType: string;
  /** Without the dot. */
  extension: string;
}

const rasters = {
  png: { format: 'png', contentType: 'image/png', extension: 'png' },
  jpeg: { format: 'jpeg', contentType: 'image/jpeg', extension: 'jpg' },
  webp: { format: 'webp', contentType: 'image/webp', extension: 'webp' },
  gif: { format: 'gif', contentType: 'image/gif', extension: 'gif' },
  tiff: { format: 'tiff', contentType: 'image/tiff', extension: 'tif' },
  avif: { format: 'avif', contentType: 'image/avif', extension: 'avif' },
  heic: { format: 'heic', contentType: 'image/heic', extension: 'heic' },
} satisfies Record<string, Raster>;

/** Brands of ISO/IEC 23008-12 files, by what codes their pixels. */
const brands: Record<string, Raster | undefined> = {
  avif: rasters.avif,
  avis: rasters.avif,
  heic: rasters.heic,
  heix: rasters.heic,
  mif1: rasters.heic,
};

/** The raster format a file's first bytes announce; undefined for everything else. */
export function sniff(payload: Uint8Array): Raster | undefined {
  const start = Buffer.from(payload.buffer, payload.byteOffset, Math.min(payload.byteLength, 32)).toString(
    'latin1',
  );
  if (start.startsWith('\x89PNG\r\n\x1a\n')) return rasters.png;
  if (start.startsWith('\xff\xd8\xff')) return rasters.jpeg;
  if (start.startsWith('RIFF') && start.startsWith('WEBP', 8)) return rasters.webp;
  if (/^GIF8[79]a/.test(start)) return rasters.gif;
  if (/^(II\*\0|MM\0\*|II\+\0|MM\0\+)/.test(start)) return rasters.tiff;
  if (start.startsWith('ftyp', 4)) {
    const major = brands[start.slice(8, 12)];
    // A generic major brand leaves the codec to the compatible brands after the version.
    return major === rasters.heic && start.includes('avif', 16) ? rasters.avif : major;
  }
  return undefined;
}
