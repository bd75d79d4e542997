// Small drawings: bars, lines and pictures, with text that a reader can select.

const escaped = (text) => String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const colours = ['#1f6fb4', '#d1611f', '#4c9a4c', '#8a5fb0', '#b0892f', '#3f9a9a', '#808080'];

export const text = (x, y, content, { anchor = 'start', size = 12, fill = '#222' } = {}) =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}" font-size="${size}" fill="${fill}">${escaped(content)}</text>`;
const line = (x1, y1, x2, y2, stroke = '#ddd') =>
  `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${stroke}"/>`;
const rect = (x, y, width, height, fill) =>
  `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}" fill="${fill}"/>`;
export const picture = (x, y, width, height, png) =>
  `<image x="${x}" y="${y}" width="${width}" height="${height}" href="data:image/png;base64,${png.toString('base64')}"/>`;

export function drawing(width, height, title, parts) {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif">`,
    `<title>${escaped(title)}</title>`,
    rect(0, 0, width, height, '#fff'),
    ...parts,
    '</svg>\n',
  ].join('\n');
}

/** Lines over stages. `lines`: { name, values }; `ticks` of the y axis; `log` for a logarithmic one. */
export function chart({ title, yLabel, lines, ticks, log = false }) {
  const [width, height, left, right, top, bottom] = [720, 360, 70, 20, 40, 50];
  const most = Math.max(...lines.map(({ values }) => values.length));
  const scale = (value) => (log ? Math.log10(value) : value);
  const [low, high] = [scale(ticks[0]), scale(ticks.at(-1))];
  const xOf = (index) => left + ((width - left - right) * index) / (most - 1);
  const yOf = (value) => height - bottom - ((height - top - bottom) * (scale(value) - low)) / (high - low);
  const parts = [text(left, 20, title, { size: 14 }), text(left, 34, yLabel, { size: 11, fill: '#666' })];
  for (const tick of ticks) {
    parts.push(line(left, yOf(tick), width - right, yOf(tick)));
    parts.push(text(left - 6, yOf(tick) + 4, tick.toLocaleString('en'), { anchor: 'end', size: 11 }));
  }
  for (let index = 0; index < most; index += index < most - 1 && most > 12 ? 2 : 1) {
    parts.push(text(xOf(index), height - bottom + 18, index, { anchor: 'middle', size: 11 }));
  }
  parts.push(text((left + width - right) / 2, height - 12, 'stage', { anchor: 'middle', size: 11 }));
  for (const [index, { name, values }] of lines.entries()) {
    const points = values.map((value, x) => [xOf(x).toFixed(1), yOf(Math.max(value, ticks[0])).toFixed(1)]);
    const colour = colours[index];
    parts.push(
      `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      ...points.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="3" fill="${colour}"/>`),
      text(width - right - 150, top + 16 + 18 * index, name, { fill: colour }),
    );
  }
  return drawing(width, height, title, parts);
}

/** One bar a row, of parts one after the other, in milliseconds. `bars`: { name, parts: { name: value } } */
export function stacked({ title, bars }) {
  const [width, left, right] = [720, 150, 20];
  const height = 60 + 46 * bars.length + 40;
  const longest = Math.max(...bars.map(({ parts }) => Object.values(parts).reduce((a, b) => a + b)));
  const wide = (value) => ((width - left - right) * value) / longest;
  const names = Object.keys(bars[0].parts);
  const drawn = [text(20, 20, title, { size: 14 })];
  let at = 20;
  for (const [index, name] of names.entries()) {
    drawn.push(rect(at, 32, 10, 10, colours[index]), text(at + 14, 41, name, { size: 11 }));
    at += 30 + name.length * 6;
  }
  for (const [row, { name, parts }] of bars.entries()) {
    const y = 62 + 46 * row;
    drawn.push(text(left - 8, y + 20, name, { anchor: 'end' }));
    let x = left;
    for (const [index, part] of names.entries()) {
      const share = wide(parts[part]);
      drawn.push(rect(x, y, share, 30, colours[index]));
      if (share > 26) {
        const label = parts[part].toFixed(1);
        drawn.push(
          text((x + share / 2).toFixed(1), y + 20, label, { anchor: 'middle', size: 11, fill: '#fff' }),
        );
      }
      x += share;
    }
  }
  drawn.push(text(left, height - 16, 'milliseconds', { size: 11, fill: '#666' }));
  return drawing(width, height, title, drawn);
}
