/** Line plots as SVG text: no script, colours from the page's custom properties. */

export interface Series {
  readonly label: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly style: 'line' | 'dots' | 'dashes';
}

export interface PlotOptions {
  readonly title: string;
  /** what a reader who does not see it is told */
  readonly description: string;
  readonly x: string;
  readonly y: string;
  readonly series: readonly Series[];
  /** y on a logarithmic scale, from this value on */
  readonly logFrom?: number;
  readonly format?: (y: number) => string;
}

const WIDTH = 640;
const HEIGHT = 320;
const LEFT = 70;
const RIGHT = 16;
const TOP = 34;
const BOTTOM = 46;
const TICKS = 5;

export function plot(options: PlotOptions): string {
  const { title, description, series, logFrom, format = (y) => short(y) } = options;
  const points = series.flatMap((each) => each.points);
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [fromX, toX] = [Math.min(...xs), Math.max(...xs)];
  const fromY = logFrom ?? 0;
  const toY = Math.max(...ys, fromY * 10, Number.MIN_VALUE);
  const shareY = (y: number) =>
    logFrom === undefined
      ? (y - fromY) / (toY - fromY)
      : Math.log(Math.max(y, logFrom) / logFrom) / Math.log(toY / logFrom);
  const placeX = (x: number) => LEFT + ((x - fromX) / (toX - fromX || 1)) * (WIDTH - LEFT - RIGHT);
  const placeY = (y: number) => HEIGHT - BOTTOM - shareY(y) * (HEIGHT - TOP - BOTTOM);

  const xTicks = ticks(fromX, toX);
  const yTicks = logFrom === undefined ? ticks(fromY, toY) : decades(logFrom, toY);
  const id = title.replace(/\W+/g, '-').toLowerCase();
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="${id}-t ${id}-d">
<title id="${id}-t">${escapeMarkup(title)}</title><desc id="${id}-d">${escapeMarkup(description)}</desc>
${yTicks.map((y) => rule(LEFT, placeY(y), WIDTH - RIGHT) + text(LEFT - 6, placeY(y) + 4, format(y), 'end')).join('\n')}
${xTicks.map((x) => text(placeX(x), HEIGHT - BOTTOM + 18, short(x), 'middle')).join('\n')}
${text((WIDTH + LEFT) / 2, HEIGHT - 8, options.x, 'middle')}
${text(4, 16, options.y, 'start')}
${series.map((each, index) => draw(each, index, placeX, placeY)).join('\n')}
${series.map(({ label, style }, index) => legend(label, style, index, series.length)).join('\n')}
</svg>`;
}

function draw(
  { points, style }: Series,
  index: number,
  placeX: (x: number) => number,
  placeY: (y: number) => number,
): string {
  const at = points.map(([x, y]) => [placeX(x).toFixed(1), placeY(y).toFixed(1)] as const);
  if (style === 'dots') {
    return at.map(([x, y]) => `<circle class="s${index}" cx="${x}" cy="${y}" r="4"/>`).join('');
  }
  return `<polyline class="s${index} ${style}" points="${at.map((pair) => pair.join(',')).join(' ')}"/>`;
}

function legend(label: string, style: Series['style'], index: number, many: number): string {
  const x = WIDTH - RIGHT - (many - index) * 165;
  const mark =
    style === 'dots'
      ? `<circle class="s${index}" cx="${x + 12}" cy="12" r="4"/>`
      : `<polyline class="s${index} ${style}" points="${x},12 ${x + 24},12"/>`;
  return mark + text(x + 30, 16, label, 'start');
}

const rule = (from: number, y: number, to: number): string =>
  `<line class="rule" x1="${from}" x2="${to}" y1="${y.toFixed(1)}" y2="${y.toFixed(1)}"/>`;

const text = (x: number, y: number, words: string, anchor: string): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${escapeMarkup(words)}</text>`;

/** Round numbers from one end to the other, about five. */
export function ticks(from: number, to: number): number[] {
  const rough = (to - from) / TICKS;
  if (!(rough > 0)) return [from];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((each) => each * power >= rough) ?? 10);
  const first = Math.ceil(from / step);
  return Array.from(
    { length: Math.floor(to / step + 1e-9) - first + 1 },
    (_, index) => (first + index) * step,
  );
}

function decades(from: number, to: number): number[] {
  const first = Math.ceil(Math.log10(from) - 1e-9);
  const last = Math.floor(Math.log10(to) + 1e-9);
  return Array.from({ length: Math.max(1, last - first + 1) }, (_, index) => 10 ** (first + index));
}

const short = (value: number): string => String(Number(value.toPrecision(4)));

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
export const escapeMarkup = (words: string): string =>
  words.replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);
