"""From answers and errors to Discord's messages: its limits, its Markdown, embeds, pieces, replies that grow."""
