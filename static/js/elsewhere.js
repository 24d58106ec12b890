// A long discussion: the address of a comment that stands on another page of it leads there.

const [, pk] = location.hash.match(/^#comment-(\d+)$/) ?? [];
const { comments } = document.getElementById("comments").dataset;

if (pk && !document.getElementById(`comment-${pk}`)) {
  const answer = await fetch(`${comments}${pk}/`, { method: "HEAD" }).catch(() => null);
  const page = answer?.ok && new URL(answer.url).pathname;
  if (page && page !== location.pathname) location.replace(page + location.hash);
}
