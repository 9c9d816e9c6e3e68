// Enrols a passkey on /passkeys and answers a request on /approve/<id>. Loaded on these pages only.

const status = document.querySelector('[data-passkey="status"]')
const say = (text) => { status.textContent = text }

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0))
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
const credentials = (list) => list.map((own) => ({ ...own, id: bytes(own.id) }))

async function call(path, body) {
  const method = body === undefined ? 'GET' : 'POST'
  const owner = document.querySelector('.shell')?.dataset.owner ?? ''
  const headers = { accept: 'application/json', 'content-type': 'application/json', 'countersign-owner': owner }
  const signal = AbortSignal.timeout(20_000)
  const answer = await fetch(path, { method, headers, signal, body: body && JSON.stringify(body) })
  const json = await answer.json().catch(() => ({}))
  if (!answer.ok) throw new Error(json.error ?? status.dataset.fails)
  return json
}

async function enrol(form) {
  const { token, publicKey } = await call('/passkeys/options', {})
  publicKey.challenge = bytes(publicKey.challenge)
  publicKey.user.id = bytes(publicKey.user.id)
  publicKey.excludeCredentials = credentials(publicKey.excludeCredentials)
  const { response } = await navigator.credentials.create({ publicKey })
  await call('/passkeys/enrol', {
    token,
    name: new FormData(form).get('name'),
    response: { clientDataJSON: text(response.clientDataJSON), attestationObject: text(response.attestationObject) },
  })
  location.reload()
}

// The fields of a standing approval, if the person gives one.
function chosen() {
  const form = document.querySelector('form[data-standing]')
  if (!form?.elements.standing.checked) return undefined
  if (!form.reportValidity()) throw new Error('')
  const { uses, minutes, others } = form.elements
  return { uses: Number(uses.value), minutes: Number(minutes.value), others: others?.value ?? '' }
}

async function approve(id) {
  const choice = chosen()
  const { publicKey, standing } = await (choice ? call(`/approvals/${id}/standing`, choice) : call(`/approvals/${id}`))
  publicKey.challenge = bytes(publicKey.challenge)
  publicKey.allowCredentials = credentials(publicKey.allowCredentials)
  const { rawId, response } = await navigator.credentials.get({ publicKey })
  await call(`/approvals/${id}`, {
    id: text(rawId),
    userHandle: response.userHandle && text(response.userHandle),
    response: {
      authenticatorData: text(response.authenticatorData),
      clientDataJSON: text(response.clientDataJSON),
      signature: text(response.signature),
    },
    standing,
  })
  location.assign(standing ? '/inbox' : `/approve/${id}/done`)
}

async function attempt(button, act) {
  button.disabled = true
  say(status.dataset.steps)
  try {
    await act()
  } catch (error) {
    const cancelled = error.name === 'NotAllowedError'
    const twice = error.name === 'InvalidStateError'
    const { cancelled: none, twice: again } = status.dataset
    say(cancelled ? none : twice ? again : error.message)
    button.disabled = false
  }
}

document.querySelector('[data-passkey="enrol"]')?.addEventListener('submit', (event) => {
  event.preventDefault()
  attempt(event.submitter, () => enrol(event.target))
})
document.querySelector('form[data-standing]')?.addEventListener('submit', (event) => event.preventDefault())
document.querySelector('button[data-passkey="approve"]')?.addEventListener('click', (event) => {
  attempt(event.target, () => approve(event.target.dataset.id))
})
