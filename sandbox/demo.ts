import { run } from '../src/main.ts'
import { setStage } from './stage.ts'

await run(
  {
    demo: true,
    async prepare(parley) {
      const { opened } = await setStage(parley)
      opened.catch((error: Error) => console.error(`The demo's channels could not be connected: ${error.message}`))
    },
  },
  ({ url }, ms) =>
    [
      `Parley's demo is ready (${ms} ms). Everything in it is simulated and nothing leaves this machine.`,
      `Inbox:   ${url}/          you are signed in as the owner of the bakery`,
      `Phones:  ${url}/sandbox/  write as her customers, with every messenger`,
      `Shop:    ${url}/sandbox/shop/  chat as a visitor of her website`,
    ].join('\n'),
)
