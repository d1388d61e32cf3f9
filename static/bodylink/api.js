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
