/** What a page looks at: the photograph as a canvas has it, and a cascade as text. @param {URL} from their folder */
export async function fetchInputs(from) {
  const photo = await fetch(new URL('photo.png', from));
  const bitmap = await createImageBitmap(await photo.blob());
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const xml = await (await fetch(new URL('cascade.xml', from))).text();
  return { image: { data, width, height, format: 'rgba' }, xml };
}
