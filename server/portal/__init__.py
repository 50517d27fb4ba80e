"""The developer portal: what an integrator reads, made of the contract and of Markdown, each page also as Markdown."""
