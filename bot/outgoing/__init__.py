"""From an answer to Discord's messages: its limits, its Markdown, pieces, replies that grow or come late."""
