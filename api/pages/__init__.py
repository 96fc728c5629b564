"""The pages: server-rendered, Chinese and English, without inline script or style. One file a page.

`site.mount(app, ledger)` puts them all into an application.
"""
