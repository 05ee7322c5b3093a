"use strict";

const issuer = document.querySelector('meta[name="psa-issuer"]').content;
const prefersDark = matchMedia("(prefers-color-scheme: dark)");

function followScheme() {
  document.documentElement.classList.toggle("dark-mode", prefersDark.matches);
}

// whoever is logged in in this browser can try operations without a token; a change needs the proof of the page
function withProof(request) {
  const name = `${issuer}_csrf=`;
  const cookie = document.cookie.split("; ").find((one) => one.startsWith(name));
  if (cookie !== undefined && new URL(request.url, location.href).origin === location.origin) {
    request.headers["X-CSRF-Token"] = decodeURIComponent(cookie.slice(name.length));
  }
  return request;
}

followScheme();
prefersDark.addEventListener("change", followScheme);
SwaggerUIBundle({
  url: "/api/openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  filter: true,
  showExtensions: false,
  tryItOutEnabled: false,
  validatorUrl: null,
  requestInterceptor: withProof,
});
