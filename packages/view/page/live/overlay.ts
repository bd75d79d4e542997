import type { CandidateView, FrameHead } from '../../src/protocol.js';
import { coarse } from '../state/words.js';

/** In pixels of CSS. */
const corner = 0.22;
const labelHeight = 20;
const font = '600 12px system-ui, sans-serif';
const face = '#fff';
const left = '#ffc978';
const halo = 'rgba(0, 0, 0, 0.65)';

/** Draws what was found in a frame over it: brackets around visits, dashes around what was left out. */
export function drawCandidates(
  canvas: HTMLCanvasElement,
  head: FrameHead,
  now: number,
  rejected: boolean,
): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  const dense = window.devicePixelRatio || 1;
  const pixels = { width: Math.round(width * dense), height: Math.round(height * dense) };
  if (canvas.width !== pixels.width) canvas.width = pixels.width;
  if (canvas.height !== pixels.height) canvas.height = pixels.height;
  const context = canvas.getContext('2d');
  if (!context) return;
  context.setTransform(dense, 0, 0, dense, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = font;
  context.textBaseline = 'middle';
  context.lineCap = 'square';
  const scale = { x: width / head.full.width, y: height / head.full.height };
  const faces = head.candidates.filter((candidate) => !isLeftOut(candidate));
  const leftOut = rejected ? head.candidates.filter(isLeftOut) : [];
  for (const candidate of [...leftOut, ...faces]) {
    const { box } = candidate;
    const area = { x: box.x * scale.x, y: box.y * scale.y, w: box.width * scale.x, h: box.height * scale.y };
    drawBox(context, candidate, area);
    drawLabel(context, labelOf(candidate, now), isLeftOut(candidate), area, width);
  }
}

export function isLeftOut({ fate }: CandidateView): boolean {
  return fate === 'rejected' || fate === 'masked' || fate === 'static';
}

const fates: Record<CandidateView['fate'], string> = {
  visit: 'Visit',
  new: 'New',
  weak: 'Weak',
  rejected: 'Rejected',
  masked: 'Outside the areas',
  static: 'Lifeless',
};

/** `12 s · 81` of a visit; of what was left out, the reason. */
function labelOf({ fate, why, begin, quality }: CandidateView, now: number): string {
  if (isLeftOut({ fate } as CandidateView)) return why ? `${fates[fate]}: ${why}` : fates[fate];
  const age = begin === undefined ? fates[fate] : coarse(now - begin);
  return quality === undefined ? age : `${age} · ${Math.round(quality)}`;
}

interface Area {
  x: number;
  y: number;
  w: number;
  h: number;
}

function drawBox(context: CanvasRenderingContext2D, candidate: CandidateView, { x, y, w, h }: Area): void {
  const out = isLeftOut(candidate);
  const line = candidate.fate === 'visit' ? 2.5 : 1.5;
  context.setLineDash(out || candidate.fate === 'weak' ? [4, 4] : []);
  context.beginPath();
  if (out || candidate.fate === 'weak') {
    context.rect(x, y, w, h);
  } else {
    const a = w * corner;
    const b = h * corner;
    for (const [cx, cy, dx, dy] of [
      [x, y, a, b],
      [x + w, y, -a, b],
      [x + w, y + h, -a, -b],
      [x, y + h, a, -b],
    ] as const) {
      context.moveTo(cx + dx, cy);
      context.lineTo(cx, cy);
      context.lineTo(cx, cy + dy);
    }
  }
  context.strokeStyle = halo;
  context.lineWidth = line + 2.5;
  context.stroke();
  context.strokeStyle = out ? left : face;
  context.lineWidth = line;
  context.stroke();
  context.setLineDash([]);
}

function drawLabel(
  context: CanvasRenderingContext2D,
  text: string,
  out: boolean,
  { x, y, h }: Area,
  width: number,
): void {
  const labelWidth = context.measureText(text).width + 12;
  const top = y >= labelHeight + 6 ? y - labelHeight - 4 : y + h + 4;
  const from = Math.max(0, Math.min(x, width - labelWidth));
  context.fillStyle = 'rgba(10, 11, 12, 0.78)';
  context.fillRect(from, top, labelWidth, labelHeight);
  context.fillStyle = out ? left : face;
  context.fillText(text, from + 6, top + labelHeight / 2 + 0.5);
}
