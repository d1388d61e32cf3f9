/** The page's few requests to the HTTP interface, with the session cookie and the CSRF token. */

/** A refusal, with the words of the server's problem details. */
export class Refused extends Error {}

/** @param {string} name @returns {string} */
function cookie(name) {
  const entry = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return entry ? decodeURIComponent(entry.slice(name.length + 1)) : "";
}

/**
 * @param {import("./types.js").PageData} data
 * @param {string} url
 * @param {Object} [body] posted as JSON where there is one
 * @returns {Promise<Object>}
 * @throws {Refused} with a sentence for the person
 */
export async function ask(data, url, body) {
  const headers = { Accept: "application/json", "X-BodyLink-Organization": data.organization.slug };
  const posted = { "Content-Type": "application/json", "X-CSRFToken": cookie(data.csrf_cookie) };
  const options = body ? { method: "POST", headers: { ...headers, ...posted }, body: JSON.stringify(body) } : { headers };
  const response = await fetch(url, options).catch(() => null);
  if (!response) throw new Refused("No connection");
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Refused([answer?.detail ?? `Refused (${response.status})`, ...(answer?.errors ?? []).map(({ detail }) => detail)].join(" "));
  return answer;
}

/**
 * @param {import("./types.js").PageData} data
 * @param {string} alertId
 * @returns {Promise<import("./types.js").Alert>}
 * @throws {Refused} with a sentence for the person
 */
export async function acknowledge(data, alertId) {
  let response;
  try {
    response = await fetch(data.urls.acknowledge.replace("{id}", alertId), {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": cookie(data.csrf_cookie), "X-BodyLink-Organization": data.organization.slug },
    });
  } catch {
    throw new Refused("Not acknowledged: no connection");
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Refused(`Not acknowledged: ${answer?.detail ?? answer?.title ?? response.status}`);
  return answer;
}
