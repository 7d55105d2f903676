import { type CloudError, refusal } from './errors';

/** The parameters of a call, from query and form body alike. An empty one is as good as none. */
export class Params {
  readonly #missing: (name: string) => CloudError;

  /** @param missing the product's error for a parameter that it needs */
  constructor(
    readonly all: Readonly<Record<string, string>>,
    missing: (name: string) => CloudError,
  ) {
    this.#missing = missing;
  }

  get(name: string): string | undefined {
    return this.all[name] || undefined;
  }

  required(name: string): string {
    const value = this.get(name);
    if (value === undefined) throw this.#missing(name);
    return value;
  }

  /** True for the text `true`. */
  flag(name: string): boolean {
    return this.all[name] === 'true';
  }

  integer(name: string, range: { min: number; max: number; default: number; error?: CloudError }): number {
    const text = this.get(name);
    if (text === undefined) return range.default;
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= range.min && value <= range.max) return value;
    throw range.error ?? refusal('InvalidParameter', `The specified parameter "${name}" is not valid.`);
  }

  /** `Name.1`, `Name.2`, … */
  list(name: string): string[] {
    const values: string[] = [];
    for (let index = 1; `${name}.${index}` in this.all; index += 1)
      values.push(this.all[`${name}.${index}`] ?? '');
    return values;
  }

  /** `Tag.1.Key`, `Tag.1.Value`, … */
  tags(): { key: string; value: string | undefined }[] {
    const tags: { key: string; value: string | undefined }[] = [];
    for (let index = 1; `Tag.${index}.Key` in this.all || `Tag.${index}.Value` in this.all; index += 1) {
      tags.push({ key: this.all[`Tag.${index}.Key`] ?? '', value: this.all[`Tag.${index}.Value`] });
    }
    return tags;
  }
}
