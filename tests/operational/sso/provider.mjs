// A real OpenID provider (npm oidc-provider) for the tests, as two issuers on free ports of this machine.
// Ends with its standard input. PUT /test/people says who there is; POST /test/rotate lets an issuer sign with a new key.
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const packages = createRequire(process.argv[2]);
const { default: Provider } = await import(pathToFileURL(packages.resolve("oidc-provider")));
console.warn = console.info = () => {};

let people = {};

function key() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), use: "sig" };
}

// with `inIdToken` the claims stand in the ID token, else at the userinfo endpoint
function provider(issuer, inIdToken) {
  const name = inIdToken ? "b" : "a";
  const made = new Provider(issuer, {
    jwks: { keys: [key()] },
    conformIdTokenClaims: !inIdToken,
    cookies: {
      keys: ["only a test"],
      names: { session: `_session_${name}`, interaction: `_interaction_${name}`, resume: `_resume_${name}` },
    },
    scopes: ["openid", "profile", "email", "groups"],
    claims: {
      openid: ["sub", "sid"],
      profile: ["name", "oid", "acct", "realm_access"],
      email: ["email", "email_verified", "xms_edov", "hd"],
      groups: ["groups", "_claim_names"],
    },
    findAccount: (_, id) => people[id] && { accountId: id, claims: () => ({ sub: id, ...people[id] }) },
    pkce: { required: () => true },
    features: {
      registration: { enabled: true },
      backchannelLogout: { enabled: true },
      devInteractions: { enabled: true },
    },
    fetch: (url, options) => {
      // it would not speak to this machine
      delete options.dispatcher;
      return fetch(url, options);
    },
    clientBasedCORS: () => false,
  });
  made.on("backchannel.error", (_, error) => console.error("backchannel.error", error));
  made.on("server_error", (_, error) => console.error("server_error", error));
  return made.callback();
}

async function text(request) {
  let all = "";
  for await (const part of request) all += part;
  return all;
}

async function serve(inIdToken) {
  const server = createServer();
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  let answer = provider(issuer, inIdToken);
  server.on("request", async (request, response) => {
    if (request.url === "/test/people") people = JSON.parse(await text(request));
    else if (request.url === "/test/rotate") answer = provider(issuer, inIdToken);
    else return answer(request, response);
    response.end();
  });
  return issuer;
}

console.log(JSON.stringify([await serve(false), await serve(true)]));
process.stdin.on("end", () => process.exit(0)).resume();
