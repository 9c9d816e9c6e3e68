// Turns notifications on in this browser. Loaded on the inbox page only, if notifications are set up.

const section = document.querySelector('[data-push]')
// The sentences that the page holds, in its language.
const texts = section.querySelector('[role="status"]').dataset
const owner = document.querySelector('.shell')?.dataset.owner ?? ''
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0))

// Shows one of the states that the page holds, each with its sentence.
const show = (state) => {
  for (const own of section.querySelectorAll('[data-push-state]')) own.hidden = own.dataset.pushState !== state
}
const say = (text) => { section.querySelector('[role="status"]').textContent = text }

// The server's name of a subscription: the SHA-256 of its address, in hexadecimal.
async function name({ endpoint }) {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(endpoint))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

async function post(subscription) {
  const headers = { accept: 'application/json', 'content-type': 'application/json', 'countersign-owner': owner }
  const body = JSON.stringify(subscription)
  const signal = AbortSignal.timeout(20_000)
  const answer = await fetch('/notifications/subscribe', { method: 'POST', headers, signal, body })
  const json = await answer.json().catch(() => ({}))
  if (!answer.ok) throw new Error(json.error ?? texts.fails)
}

const subscription = async () => {
  const registration = await navigator.serviceWorker.getRegistration('/')
  return registration?.pushManager.getSubscription()
}

// The entry of this browser in the list of the person who is signed in.
const entry = async (own) => own && section.querySelector(`[data-browser="${await name(own)}"]`)

async function refresh() {
  if (!('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window)) return show('unsupported')
  const own = await subscription()
  const listed = await entry(own)
  if (Notification.permission === 'denied') return show('blocked')
  if (!listed) return show('off')
  listed.querySelector('[data-this]').hidden = false
  show('on')
  // The session that subscribed may have ended meanwhile; from now on it is this one.
  await post(own).catch(() => {})
}

async function on() {
  if (await Notification.requestPermission() !== 'granted') return refresh()
  const registration = await navigator.serviceWorker.register('/sw.js', { scope: '/' })
  await navigator.serviceWorker.ready
  // A subscription that is not in the list may be another person's. A new one has another address.
  await (await registration.pushManager.getSubscription())?.unsubscribe()
  const key = bytes(section.dataset.push)
  const own = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })
  try {
    await post(own)
  } catch (error) {
    await own.unsubscribe().catch(() => {})
    throw error
  }
  location.reload()
}

section.querySelector('[data-push-on]').addEventListener('click', async ({ target }) => {
  target.disabled = true
  say(texts.steps)
  try {
    await on()
    say('')
  } catch (error) {
    say(error.name === 'Error' ? error.message : texts.fails)
  }
  target.disabled = false
})

async function unsubscribe(listed) {
  const own = await subscription()
  if (own && listed === await entry(own)) await own.unsubscribe()
}

// Removing this browser also ends its subscription, so that its push service forgets it. The form waits for that, since the
// page goes with it; the server forgets the browser in any case.
section.addEventListener('submit', async (event) => {
  event.preventDefault()
  const late = new Promise((resolve) => setTimeout(resolve, 5_000))
  await Promise.race([unsubscribe(event.target.closest('[data-browser]')), late]).catch(() => {})
  event.target.submit()
})

refresh().catch(() => {
  show('unknown')
  say(texts.unknown)
})
