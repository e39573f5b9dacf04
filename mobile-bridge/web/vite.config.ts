// Builds the page. No plugin: Vite's own compiler knows JSX, and each plugin is a tree to look
// after.
import { defineConfig } from "vitest/config";

export default defineConfig({
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    build: {
        target: "es2022",
        // The server's policy is `default-src 'self'`: a data: address would be refused.
        assetsInlineLimit: 0,
        emptyOutDir: true,
    },
    server: {
        // `npm run dev` beside a running `roost demo --port 8080`.
        proxy: {
            "/api": "http://127.0.0.1:8080",
            "/ws": { target: "ws://127.0.0.1:8080", ws: true },
        },
    },
    test: { include: ["src/**/*.test.{ts,tsx}"] },
});
