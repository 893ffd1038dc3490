// What workers take for granted, for the check of their types.

// The build puts these in (builder/bundle/assets.py, builder/bundle/offline.py).
declare const RUNTIME: { url: string; lock: import("./python.js").Lock };
declare const SITE: { version: string; files: Record<string, string>; pages: string[] };

// In Chromium alone: scripts ask whether it is there.
interface WorkerNavigator {
  readonly connection?: { readonly saveData: boolean };
}

// `self` is typed as what all workers have in common; ours are dedicated workers, which take nothing
// of this but messages, and service workers, which take all of it.
interface WorkerGlobalScope {
  readonly clients: Clients;
  readonly registration: ServiceWorkerRegistration;
  skipWaiting(): Promise<void>;
  postMessage(message: unknown): void;
  addEventListener<K extends keyof ServiceWorkerGlobalScopeEventMap>(
    type: K,
    listener: (event: ServiceWorkerGlobalScopeEventMap[K]) => void,
  ): void;
}
