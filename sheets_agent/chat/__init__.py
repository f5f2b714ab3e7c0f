"""Language models: which one plays which role, how it is asked, and what it cost.

    chats = Chats("gigachat:GigaChat-2-Max", {"planner": "openai:gpt-5"})
    plan = chats.role("planner").structured(messages, schema, validate)

Provider quirks live here and nowhere else. Importing this package imports no LangChain; asking for a model does.
"""

from sheets_agent.chat.chat import Chat
from sheets_agent.chat.chats import ROLES, Chats
from sheets_agent.chat.models import DEFAULT_MODEL, build_model
from sheets_agent.chat.usage import Price, UsageMeter

__all__ = ["DEFAULT_MODEL", "ROLES", "Chat", "Chats", "Price", "UsageMeter", "build_model"]
