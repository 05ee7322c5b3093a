import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const forDevelopment = {
  name: "placeholders",
  apply: "serve" as const,
  transformIndexHtml: (html: string) =>
    html
      .replaceAll("__PSA_ISSUER__", process.env.PSA_ISSUER ?? "psa")
      .replaceAll("__PSA_DASHBOARDS_URL__", process.env.PSA_DASHBOARDS_URL ?? ""),
};

export default defineConfig({
  plugins: [react(), forDevelopment],
  resolve: { alias: { "@": new URL("./src", import.meta.url).pathname } },
  // the server puts a fresh value into every response
  html: { cspNonce: "__CSP_NONCE__" },
  build: {
    outDir: "../web/dist",
    emptyOutDir: true,
    target: "es2022",
    // an inlined font or image would need data: in the content security policy
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { "/api": process.env.PSA_API_URL ?? "http://127.0.0.1:8000" } },
  test: { environment: "jsdom", setupFiles: ["src/testing/setup.ts"], include: ["src/**/*.test.{ts,tsx}"] },
});
