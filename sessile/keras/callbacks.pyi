"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.keras.callbacks import BaseLogger as BaseLogger
from sessile.session.keras.callbacks import CSVLogger as CSVLogger
from sessile.session.keras.callbacks import Callback as Callback
from sessile.session.keras.callbacks import CallbackList as CallbackList
from sessile.session.keras.callbacks import EarlyStopping as EarlyStopping
from sessile.session.keras.callbacks import History as History
from sessile.session.keras.callbacks import LambdaCallback as LambdaCallback
from sessile.session.keras.callbacks import LearningRateScheduler as LearningRateScheduler
from sessile.session.keras.callbacks import ModelCheckpoint as ModelCheckpoint
from sessile.session.keras.callbacks import ProgbarLogger as ProgbarLogger
from sessile.session.keras.callbacks import ReduceLROnPlateau as ReduceLROnPlateau
from sessile.session.keras.callbacks import RemoteMonitor as RemoteMonitor
from sessile.session.keras.callbacks import TensorBoard as TensorBoard
from sessile.session.keras.callbacks import TerminateOnNaN as TerminateOnNaN
