/** The inputs as a program is given them: pixels in base64, and a cascade as text. */
export function readInputs({ rgba, width, height, xml }) {
  const data = Uint8Array.from(atob(rgba), (letter) => letter.charCodeAt(0));
  return { image: { data, width, height, format: 'rgba' }, xml };
}
