// A shop embeds the chat with one line: <script async src="https://your-parley/widget.js" data-channel="12"></script>
// Here the number comes from the address (?channel=12) or from whoever serves this page, so it is added by hand.
const given = document.currentScript.dataset.channel
const query = new URLSearchParams(location.search)
const channel = query.get('channel') || (/^\d+$/.test(given) ? given : '')

window.parley =
  window.parley ||
  ((...command) => {
    window.parley.q = window.parley.q || []
    window.parley.q.push(command)
  })

if (channel) {
  const script = document.createElement('script')
  script.async = true
  script.src = '/widget.js'
  script.dataset.channel = channel
  for (const name of ['lang', 'theme', 'position']) if (query.get(name)) script.dataset[name] = query.get(name)
  document.head.append(script)
}

document.querySelector('[data-ask]').addEventListener('click', () => window.parley('open'))
