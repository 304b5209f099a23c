import '@fontsource-variable/inter'
import '../../web/style/tokens.css'
import './looks/base.css'
import './looks/desk.css'
import './looks/drawer.css'
import './looks/phone.css'
import './looks/chat.css'
import './looks/parts.css'
import './looks/keys.css'
import './looks/write.css'
import './looks/whatsapp.css'
import './looks/telegram.css'
import './looks/viber.css'
import './looks/narrow.css'
import { createRoot } from 'react-dom/client'
import { App } from './App.tsx'
import { follow } from './state.ts'
import { showTheme } from './theme.ts'

showTheme()
follow()
createRoot(document.getElementById('root')!).render(<App />)
