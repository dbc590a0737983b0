/**
 * The day of the offers on this device, `YYYY-MM-DD`: of the site's last build that they are as new as. Pages do
 * not hold it, or each of them would change every day; the site's worker answers when there is no network.
 */
export async function builtDay(): Promise<string | undefined> {
  try {
    const answer = await fetch(`${document.body.dataset["base"] ?? "./"}built.json`);
    const { day } = (await answer.json()) as { day: string };
    return Number.isNaN(Date.parse(day)) ? undefined : day;
  } catch {
    // Never visited with a network, or a host that has lost the file: nothing can be said.
    return undefined;
  }
}
