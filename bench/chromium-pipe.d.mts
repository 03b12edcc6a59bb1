export interface Tab {
  /** A method of the DevTools protocol. */
  call(method: string, params?: object): Promise<Record<string, unknown>>;
  /** Resolves after the load event. */
  goto(url: string): Promise<void>;
  /** The expression's value, awaited; it must be plain data. */
  evaluate<T>(expression: string): Promise<T>;
  close(): Promise<unknown>;
}

export interface Browser {
  openTab(): Promise<Tab>;
  close(): Promise<void>;
}

export function openBrowser(program?: string): Promise<Browser>;
