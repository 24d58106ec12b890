// Texts that the server does not have yet, kept in this browser until it does: one for each editing session.
// IndexedDB and not localStorage: a book fits in, and what was written is on the disk when a browser is killed.
const DAYS = 14 // after that nobody comes back for it; blog/articles/presence.py reckons with it

const open = () => new Promise((resolve, reject) => {
  const request = indexedDB.open("byline-desk", 1)
  request.onupgradeneeded = () => request.result.createObjectStore("copies", { keyPath: "session" })
  request.onsuccess = () => {
    request.result.onclose = () => (database = undefined) // somebody emptied the browser
    resolve(request.result)
  }
  request.onerror = () => reject(request.error)
})

let database

const within = async (mode, work) => {
  database ??= open().catch((error) => {
    database = undefined // another try may find room
    throw error
  })
  const transaction = (await database).transaction("copies", mode)
  return new Promise((resolve, reject) => {
    let request
    transaction.oncomplete = () => resolve(request.result)
    transaction.onabort = () => reject(transaction.error)
    request = work(transaction.objectStore("copies"))
  })
}

// { session, owner, article, sequence, at, fields: [[name, value], …] }. Fails where there is no room.
export const keep = (copy) => within("readwrite", (store) => store.put(copy))

// Only as far as the server has it: what was typed since stays.
export const drop = (session, sequence) => within("readwrite", (store) => {
  const request = store.get(session)
  request.onsuccess = () => {
    if (request.result?.sequence <= sequence) store.delete(session)
  }
  return request
})

// Copies of one person; those of others are left alone until they are too old for anybody.
export const copiesOf = async (owner) => {
  const copies = await within("readonly", (store) => store.getAll())
  const oldest = Date.now() - DAYS * 24 * 3600 * 1000
  for (const copy of copies) if (copy.at < oldest) await drop(copy.session, copy.sequence)
  return copies.filter((copy) => copy.at >= oldest && copy.owner === owner)
}
