import '@mantine/core/styles/baseline.css'
import '@mantine/core/styles/default-css-variables.css'
import '@mantine/core/styles/global.css'
import '@mantine/core/styles/UnstyledButton.css'
import '@mantine/core/styles/CloseButton.css'
import '@mantine/core/styles/ScrollArea.css'
import '@mantine/core/styles/Paper.css'
import '@mantine/core/styles/Overlay.css'
import '@mantine/core/styles/ModalBase.css'
import '@mantine/core/styles/Modal.css'
import '@mantine/core/styles/Popover.css'
import '@mantine/core/styles/Menu.css'
import './style/font.css'
import './style/tokens.css'
import './style/base.css'
import './style/list.css'
import './style/thread.css'
import './style/parts.css'
import './style/composer.css'
import './style/template.css'
import './style/details.css'
import './style/settings.css'
import './style/menu.css'
import './style/mantine.css'
import './style/phone.css'
import { createTheme, MantineProvider } from '@mantine/core'
import { createRoot } from 'react-dom/client'
import { Sprite } from './parts/icon.tsx'
import { App } from './screens/app.tsx'
import { shownTheme, useTheme } from './theme.ts'

const theme = createTheme({
  fontFamily: 'var(--font)',
  defaultRadius: 8,
  respectReducedMotion: true,
  components: {
    Menu: { defaultProps: { transitionProps: { duration: 100, transition: 'fade' }, position: 'bottom-end' } },
    Popover: { defaultProps: { transitionProps: { duration: 100, transition: 'fade' } } },
    Modal: { defaultProps: { transitionProps: { duration: 100, transition: 'fade' }, centered: true } },
  },
})

function Root() {
  useTheme()
  return (
    <MantineProvider theme={theme} forceColorScheme={shownTheme()}>
      <Sprite />
      <App />
    </MantineProvider>
  )
}

createRoot(document.getElementById('root')!).render(<Root />)
