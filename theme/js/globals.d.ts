// What the scripts of pages take for granted, for the check of their types.

// The build puts these in (builder/bundle/assets.py).
declare const RUNTIME_URLS: string[];
declare const FRAME_TITLES: Record<string, string>;

// A page has the elements and the data that its scripts look for (tests/theme and tests/site hold it
// to that), and all of them are HTML. A script that reckons with none asks with `?.`, `??` or `if`.
interface ParentNode {
  querySelector<K extends keyof HTMLElementTagNameMap>(selectors: K): HTMLElementTagNameMap[K];
  querySelector<E extends Element = HTMLElement>(selectors: string): E;
  querySelectorAll<K extends keyof HTMLElementTagNameMap>(
    selectors: K,
  ): NodeListOf<HTMLElementTagNameMap[K]>;
  querySelectorAll<E extends Element = HTMLElement>(selectors: string): NodeListOf<E>;
}

interface Element {
  closest<K extends keyof HTMLElementTagNameMap>(selector: K): HTMLElementTagNameMap[K] | null;
  closest<E extends Element = HTMLElement>(selectors: string): E | null;
}

interface HTMLElement {
  readonly dataset: Record<string, string>;
}

// A number is put into a text as it is.
interface String {
  replace(place: string, value: number): string;
}

// In Chromium alone: scripts ask whether they are there.
interface Navigator {
  readonly connection?: { readonly saveData: boolean };
}

interface Window {
  readonly trustedTypes?: {
    createPolicy<Rules>(name: string, rules: Rules): Rules;
  };
}
