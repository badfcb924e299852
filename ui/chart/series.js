// --- points in columns ----------------------------------------------------------------------------

// A curve of means. Each entry stands for `weight` of the run's points, and lies where the last of them
// was: neighbours are put together when there are more than `most`, by the rule of core/runs/curve.py.
class Series {
  constructor(figures, most) {
    this.names = ["epoch", "step", "seconds", ...figures];
    this.figures = figures;
    this.most = most;
    this.clear();
  }

  clear() {
    this.columns = Object.fromEntries(this.names.map((name) => [name, []]));
    this.weights = [];
    this.stride = 1; // how many points an entry is to stand for
  }

  get length() {
    return this.weights.length;
  }

  // Takes one event's body; the figures of validation begin with `prefix`.
  take(body, prefix = "") {
    const weight = body.points ?? 1;
    this.stride = Math.max(this.stride, weight);
    const end = this.length - 1;
    const entry = (name) => body[this.figures.includes(name) ? prefix + name : name] ?? null;
    if (end >= 0 && this.weights[end] + weight <= this.stride) {
      for (const name of this.names) this.columns[name][end] = this.joined(name, end, entry(name), weight);
      this.weights[end] += weight;
    } else {
      for (const name of this.names) this.columns[name].push(entry(name));
      this.weights.push(weight);
      if (this.length > this.most) this.halve();
    }
  }

  // Returns what entry number `index` has under `name` once another with that value is put to it.
  joined(name, index, value, weight) {
    const before = this.columns[name][index];
    if (!this.figures.includes(name) || before === null) return value;
    if (value === null) return before;
    const own = this.weights[index];
    return (before * own + value * weight) / (own + weight);
  }

  halve() {
    const { columns, weights } = this;
    this.clear();
    this.stride = 2 * Math.max(...weights);
    for (let first = 0; first < weights.length; first += 2) {
      const last = Math.min(first + 1, weights.length - 1);
      const parts = first === last ? [first] : [first, last];
      const weight = parts.reduce((sum, part) => sum + weights[part], 0);
      for (const name of this.names) {
        const figure = this.figures.includes(name);
        this.columns[name].push(figure ? mean(columns[name], parts, weights) : columns[name][last]);
      }
      this.weights.push(weight);
    }
  }
}

function mean(column, parts, weights) {
  const known = parts.filter((part) => column[part] !== null);
  if (!known.length) return null;
  const total = known.reduce((sum, part) => sum + weights[part], 0);
  return known.reduce((sum, part) => sum + column[part] * weights[part], 0) / total;
}

// Returns an exponential moving average: the newest value counts most, and what is `reach` values ago about
// a third of it. The first values have little before them, and are weighted for that.
function smoothed(values, { share, least }) {
  const keep = Math.exp(-1 / Math.max(least, share * values.length));
  let sum = 0;
  let weight = 0;
  return values.map((value) => {
    if (value === null) return null;
    sum = keep * sum + (1 - keep) * value;
    weight = keep * weight + (1 - keep);
    return sum / weight;
  });
}
