import type { Deed } from './state.ts'

/** The pictures lie at the mail provider's file host: for the reader they are as foreign as any newsletter's. */
const picture = (name: string) => `${location.origin}/sandbox/providers/email/pictures/${name}.jpg`

const page = () => `<!doctype html><html><head><title>Flour news</title>
<style>body{background:#f6efe2;font-family:Georgia,serif}.card{background:#fffdf8;color:#3a2a1c}a.btn{background:#8a3d3d;color:#fff}</style>
<script>document.body.innerHTML='<h1>This script ran</h1>'</script></head>
<body bgcolor="#f6efe2" onload="alert('ran')">
<table width="600" align="center" cellpadding="0" cellspacing="0" style="background:#fffdf8;color:#3a2a1c">
<tr><td><img src="${picture('loaf')}" width="600" alt="Loaves of rye on a board"></td></tr>
<tr><td style="padding:24px"><h1 style="color:#8a3d3d;margin:0 0 12px">The new rye is in</h1>
<p>Dear bakers,</p>
<p>this week's <b>stone-ground rye</b> comes from two farms in Häme. It is darker than the last one and wants <i>a little more water</i>.</p>
<ul><li>Whole rye, 25 kg: <b>€31.50</b></li><li>Sifted rye, 25 kg: <b>€34.00</b></li><li>Malt, 5 kg: <b>€12.80</b></li></ul>
<p><a class="btn" href="https://mill.example/order" style="background:#8a3d3d;color:#fff;padding:10px 18px">Order until Wednesday</a></p>
<form action="https://mill.example/win" method="post"><input name="email" value="you@shop.example"><button>Win a sack of flour</button></form>
<blockquote style="border-left:3px solid #8a3d3d;padding-left:12px;color:#6b5b3a">“The best crumb we have had in years.” A baker in Turku</blockquote></td></tr>
<tr><td style="padding:16px 24px;font-size:12px;color:#8a8078">Ellen's Mill, Mill Road 1. <a href="https://mill.example/off" onclick="alert('ran')">Unsubscribe</a>
<img src="${picture('ring')}" width="1" height="1" alt=""><iframe src="https://mill.example/frame"></iframe></td></tr></table></body></html>`

const words = `The new rye is in

Dear bakers, this week's stone-ground rye comes from two farms in Häme. It is darker than the last one and wants a little more water.

Order until Wednesday: https://mill.example/order`

/** Everything that programs which send to thousands put into a letter: a page, its pictures, a script, a form. */
export const newsletter = (): Deed => ({ do: 'text', text: words, subject: 'The new rye is in', html: page() })
