/** Status of a GET; 0 when there is no answer. */
export async function statusOf(url: string, patienceMs = 10_000): Promise<number> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(patienceMs) });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 0;
  }
}
